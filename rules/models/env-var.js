// Variables of the environment, each read as its type; a required one that is missing throws.
export class EnvVarError extends Error {}

class Variable {
  constructor(name, text) {
    this.name = name;
    this.text = text;
  }

  default(value) {
    this.text = this.text ?? String(value);
    return this;
  }

  required(isRequired = true) {
    if (isRequired && this.text === undefined) throw new EnvVarError(this.name);
    return this;
  }

  convertFromBase64() {
    return this;
  }

  example() {
    return this;
  }

  as(read) {
    return this.text === undefined ? undefined : read(this.text);
  }

  asString() {
    return this.text;
  }

  asEnum() {
    return this.text;
  }

  asUrlString() {
    return this.text;
  }

  asInt() {
    return this.as(Number);
  }

  asIntPositive() {
    return this.as(Number);
  }

  asIntNegative() {
    return this.as(Number);
  }

  asPortNumber() {
    return this.as(Number);
  }

  asFloat() {
    return this.as(Number);
  }

  asFloatPositive() {
    return this.as(Number);
  }

  asBool() {
    return this.as((text) => ['true', '1'].includes(text.toLowerCase()));
  }

  asBoolStrict() {
    return this.as((text) => text.toLowerCase() === 'true');
  }

  asArray(separator = ',') {
    return this.as((text) => text.split(separator));
  }

  asJson() {
    return this.as(JSON.parse);
  }

  asJsonObject() {
    return this.as(JSON.parse);
  }
}

export const from = (environment) => ({
  get: (name) => (name === undefined ? environment : new Variable(name, environment[name])),
});

export const get = from(process.env).get;
export default { get, from, EnvVarError };
