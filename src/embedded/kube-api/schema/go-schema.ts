import { get, isFielded, listAt, textAt, type Fielded } from '../object.ts'

/** A schema as kube-apiserver shows it in messages: every field of its Go type, in that type's order. */
export function goSchema(schema: unknown): object | null {
  if (!isFielded(schema)) return null
  const text = (key: string): string => textAt(schema, key)
  const flag = (key: string): boolean => schema[key] === true
  const or = (key: string): unknown => schema[key] ?? null
  const list = (key: string): unknown => {
    const found = schema[key]
    return Array.isArray(found) ? found.map((one: unknown) => goSchema(one)) : null
  }
  const map = (key: string): unknown => mapped(schema[key])
  return {
    ID: text('id'),
    Schema: text('$schema'),
    Ref: or('$ref'),
    Description: text('description'),
    Type: text('type'),
    Nullable: flag('nullable'),
    Format: text('format'),
    Title: text('title'),
    Default: or('default'),
    Maximum: or('maximum'),
    ExclusiveMaximum: flag('exclusiveMaximum'),
    Minimum: or('minimum'),
    ExclusiveMinimum: flag('exclusiveMinimum'),
    MaxLength: or('maxLength'),
    MinLength: or('minLength'),
    Pattern: text('pattern'),
    MaxItems: or('maxItems'),
    MinItems: or('minItems'),
    UniqueItems: flag('uniqueItems'),
    MultipleOf: or('multipleOf'),
    Enum: or('enum'),
    MaxProperties: or('maxProperties'),
    MinProperties: or('minProperties'),
    Required: or('required'),
    Items: either(schema['items'], 'JSONSchemas'),
    AllOf: list('allOf'),
    OneOf: list('oneOf'),
    AnyOf: list('anyOf'),
    Not: goSchema(schema['not']),
    Properties: map('properties'),
    AdditionalProperties: orBool(schema['additionalProperties']),
    PatternProperties: map('patternProperties'),
    Dependencies: or('dependencies'),
    AdditionalItems: orBool(schema['additionalItems']),
    Definitions: map('definitions'),
    ExternalDocs: goDocs(schema['externalDocs']),
    Example: or('example'),
    XPreserveUnknownFields: or('x-kubernetes-preserve-unknown-fields'),
    XEmbeddedResource: flag('x-kubernetes-embedded-resource'),
    XIntOrString: flag('x-kubernetes-int-or-string'),
    XListMapKeys: or('x-kubernetes-list-map-keys'),
    XListType: or('x-kubernetes-list-type'),
    XMapType: or('x-kubernetes-map-type'),
    XValidations: goRules(schema),
  }
}

function mapped(value: unknown): object | null {
  if (!isFielded(value)) return null
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, goSchema(value[name])]))
}

function either(value: unknown, many: string): object | null {
  if (value === undefined) return null
  return {
    Schema: goSchema(value),
    [many]: Array.isArray(value) ? value.map((one: unknown) => goSchema(one)) : null,
  }
}

function orBool(value: unknown): object | null {
  if (value === undefined) return null
  return { Allows: value !== false, Schema: goSchema(value) }
}

function goDocs(value: unknown): object | null {
  if (!isFielded(value)) return null
  return { Description: textAt(value, 'description'), URL: textAt(value, 'url') }
}

function goRules(schema: Fielded): object[] | null {
  const rules = listAt(schema, 'x-kubernetes-validations')
  return rules.length === 0 ? null : rules.map(goRule)
}

/** A rule as Go shows it. */
export function goRule(rule: unknown): object {
  return {
    Rule: textAt(rule, 'rule'),
    Message: textAt(rule, 'message'),
    MessageExpression: textAt(rule, 'messageExpression'),
    Reason: get(rule, 'reason') ?? null,
    FieldPath: textAt(rule, 'fieldPath'),
    OptionalOldSelf: get(rule, 'optionalOldSelf') ?? null,
  }
}
