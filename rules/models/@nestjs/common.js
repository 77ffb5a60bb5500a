// Decorators of Nest note what the container of `@nestjs/core` asks for: `$module` and `$tokens` on a class,
// `$handlers` and `$properties` on its prototype, `$entrances` on either.
import { inject } from 'pm2lint/container';
export * from '@nestjs/common';

export const Module = (definition) => (target) => {
  target.$module = definition;
};

export const Injectable = () => () => {};
export const Controller = () => () => {};
export const Catch = () => () => {};
export const Global = () => () => {};
export const SetMetadata = () => () => {};

export const Inject = inject;

export const forwardRef = (forwardRef) => ({ forwardRef });

export const applyDecorators =
  (...decorators) =>
  (...target) => {
    for (const decorate of decorators) decorate(...target);
  };

const route = () => (target, key) => {
  target.$handlers = [...(target.$handlers ?? []), key];
};
export { route as Get, route as Post, route as Put, route as Patch, route as Delete, route as All, route as Sse };

// What sees a request before its handler does, by class or by object.
const entrance =
  (...entrances) =>
  (target) => {
    target.$entrances = [...(target.$entrances ?? []), ...entrances];
  };
export { entrance as UseGuards, entrance as UseInterceptors };
