// Checks of an instance's properties, as far as one of them may not miss: `$checks` on a prototype says which are checked, `$optional`
// which may.
export * from 'class-validator';

const note = (list, target, key) => {
  target[list] = { ...target[list], [key]: true };
};

const check = () => (target, key) => note('$checks', target, key);
export {
  check as IsDefined, check as IsNotEmpty, check as IsString, check as IsNumber, check as IsInt, check as IsPositive,
  check as IsBoolean, check as IsDate, check as IsEnum, check as IsIn, check as IsUrl, check as IsEmail,
  check as IsPort, check as IsIP, check as IsFQDN, check as IsUUID, check as IsJSON, check as IsBase64,
  check as IsArray, check as IsNumberString, check as IsBooleanString, check as IsDateString, check as Min, check as Max,
  check as MinLength, check as MaxLength, check as Length, check as Matches, check as Contains,
};

export const IsOptional = () => (target, key) => note('$optional', target, key);
export const ValidateIf = IsOptional;

export const validateSync = (instance, options) => {
  const isComplete = Object.keys(instance.$checks ?? {}).every(
    (key) => instance[key] !== undefined || instance.$optional?.[key] || options?.skipMissingProperties,
  );
  return isComplete ? [] : [new Error('a property is missing')];
};

export const validate = async (instance, options) => validateSync(instance, options);
export const validateOrReject = async (instance, options) => {
  const errors = validateSync(instance, options);
  if (errors.length > 0) throw errors;
};
