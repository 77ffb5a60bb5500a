export const root = '/var/cdn';
