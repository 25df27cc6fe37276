import type { FieldError } from '../errors.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Obj } from '../object.ts'

/** Faults of a custom object by its schema. */
export function validateCustom(
  kind: Kind,
  object: Obj,
  before: Obj | undefined,
  statusOnly = false,
): FieldError[] {
  void kind
  void object
  void before
  void statusOnly
  return []
}
