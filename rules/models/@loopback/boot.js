// The mixin gives a class what it is given, with methods of its own besides.
export * from '@loopback/boot';
export const BootMixin = (base) => base;
