const names: ReadonlySet<string> = new Set([
  'pretty',
  'ugly',
  'reverse',
  'this',
  'flatten',
  'join',
  'valid',
  'keys',
  'values',
  'tostr',
  'fromstr',
  'group',
  'dig',
])

/** Whether `@name` is one of gjson's modifiers. */
export function isModifier(name: string): boolean {
  return names.has(name)
}
