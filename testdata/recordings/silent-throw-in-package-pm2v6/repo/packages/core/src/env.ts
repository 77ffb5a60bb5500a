declare const process: any;
export function mustHave(key: string): string {
  const value = process.env[key];
  if (value === undefined || value === '') {
    throw new Error(`${key} has to be set`);
  }
  return value;
}
