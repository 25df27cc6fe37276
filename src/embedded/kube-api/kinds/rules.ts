import type { Call, Core } from '../core.ts'
import type { FieldError } from '../errors.ts'
import type { Obj } from '../object.ts'
import type { Kind } from './kind.ts'

/** What is special about a kind. Everything is optional: without rules it is plain storage. */
export interface Rules {
  /** Fills in what the author left out; on every read from a client. */
  readonly complete?: (object: Obj) => void
  readonly prepareCreate?: (object: Obj, core: Core) => void
  /** @param subresource The path it is written through; empty for the object's own. */
  readonly prepareUpdate?: (object: Obj, before: Obj, core: Core, subresource: string) => void
  /** Ends a write that its author has no right to. @throws ApiError 403. */
  readonly assertAllowed?: (object: Obj, before: Obj | undefined, call: Call) => void
  /** @param before What it replaces; undefined for a new one. */
  readonly validate?: (object: Obj, before?: Obj) => FieldError[]
  readonly validateUpdate?: (object: Obj, before: Obj, subresource: string) => FieldError[]
  /** Ends a valid update that its author has no right to. @throws ApiError 403. */
  readonly admitUpdate?: (object: Obj, before: Obj, call: Call) => void
  /** Fields that a writer through a path never owns, by subresource, where they are not the usual ones. */
  readonly reset?: Readonly<Record<string, readonly (readonly string[])[]>>
  /** What is allowed but worth a word. */
  readonly warnings?: (object: Obj, before?: Obj) => readonly string[]
  /** Whether a change outside metadata and status raises metadata.generation; or one of annotations, too. */
  readonly generation?: boolean | 'annotations'
  /** Fields other than metadata.name and namespace that a field selector may name. */
  readonly selectable?: readonly string[]
  /** A selectable field's value where it is not simply the field at that path. */
  readonly selected?: (object: Obj, path: string) => string | undefined
  /** Which names are allowed; default: a DNS subdomain. */
  readonly names?: 'subdomain' | 'label' | 'label1035' | 'path'
  /** Whether PUT must carry the resourceVersion that its author had seen. */
  readonly needsVersion?: boolean
  /** Whether PUT creates what is not there. */
  readonly createOnUpdate?: boolean
  /** Called after an object was created, for what the server itself then does. */
  readonly created?: (object: Obj, core: Core, kind: Kind) => void
}

export const noRules: Rules = {}
