// Requests are counted where the storage is: what the options name, or what another provider puts in its place. The guard
// counts them, and where there is none nothing does.
import { ThrottlerGuard as guard, ThrottlerModule as library } from '@nestjs/throttler';
export * from '@nestjs/throttler';

export const ThrottlerStorage = 'ThrottlerStorage';
export const getStorageToken = () => ThrottlerStorage;

// Options that a factory gives are known when the container runs it.
export class ThrottlerModule {
  static forRoot(options) {
    const count = library.forRoot();
    return { module: ThrottlerModule, providers: [{ provide: ThrottlerStorage, useFactory: () => count(options) }] };
  }

  static forRootAsync({ imports, inject, useFactory, ...others }) {
    const count = library.forRoot();
    const give = useFactory ?? (() => others.useClass ?? others.useExisting);
    const storage = { provide: ThrottlerStorage, inject, useFactory: async (...given) => count(await give(...given)) };
    return { module: ThrottlerModule, imports, providers: [storage] };
  }
}

export class ThrottlerGuard extends guard {
  canActivate() {
    return guard.count(this.storage);
  }
}
ThrottlerGuard.prototype.$properties = [['storage', ThrottlerStorage]];
