export * from '@t3-oss/env-core';
