import { badRequest } from '../errors.ts'
import { labelSelector } from './label-selector.ts'
import type { Kind } from '../kinds/kind.ts'
import { scalarText, get, type Obj } from '../object.ts'
import { rulesOf } from '../rules/index.ts'

/** Whether an object is wanted. */
export type Predicate = (object: Obj) => boolean

export interface FieldRequirement {
  readonly path: string
  readonly equal: boolean
  readonly value: string
}

/** Reads a field selector. @throws ApiError 400. */
export function fieldSelector(text: string): readonly FieldRequirement[] {
  return (
    splitEscaped(text)
      // A lone sign asks for nothing.
      .filter((part) => part !== '' && part !== '=')
      .map((part) => {
        const match = /^([^=!]*)(==|!=|=)(.*)$/.exec(part)
        if (match === null) {
          throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
        }
        const [, path = '', operator, value = ''] = match
        return { path, equal: operator !== '!=', value: unescaped(value) }
      })
  )
}

function unescaped(value: string): string {
  if (!value.includes('\\')) return value
  const wrong = value.replaceAll(/\\[\\,=]/g, '').match(/\\.?/u)
  if (wrong !== null) {
    throw badRequest(`invalid field selector: invalid escape sequence: ${wrong[0]}`)
  }
  return value.replaceAll(/\\([\\,=])/g, '$1')
}

function splitEscaped(text: string): string[] {
  return text.split(/(?<!\\),/)
}

/** What a list or watch of the kind selects. @throws ApiError 400 for fields it cannot select by. */
export function predicateOf(kind: Kind, query: URLSearchParams): Predicate | undefined {
  const labels = query.get('labelSelector') ?? ''
  const fields = query.get('fieldSelector') ?? ''
  if (labels === '' && fields === '') return undefined
  const byLabel = labels === '' ? undefined : labelSelector(labels)
  const requirements = fieldSelector(fields)
  const allowed = [
    'metadata.name',
    'metadata.namespace',
    ...(rulesOf(kind).selectable ?? []),
    ...(kind.custom?.selectable ?? []),
  ]
  for (const { path } of requirements) {
    if (!allowed.includes(path)) {
      throw badRequest(
        kind.custom === undefined && rulesOf(kind).selectable === undefined
          ? `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`
          : `field label not supported: ${path}`,
      )
    }
  }
  return (object) =>
    (byLabel === undefined || byLabel(object.metadata.labels)) &&
    requirements.every(
      ({ path, equal, value }) => (fieldOf(kind, object, path) === value) === equal,
    )
}

function fieldOf(kind: Kind, object: Obj, path: string): string {
  const special = rulesOf(kind).selected?.(object, path)
  if (special !== undefined) return special
  const value = get(object, ...path.split('.'))
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? '' : scalarText(value)
}

/** The name a selector asks for, when it asks for exactly one. */
export function selectedName(query: URLSearchParams): string | undefined {
  const text = query.get('fieldSelector')
  if (text === null) return undefined
  return fieldSelector(text).find(({ path, equal }) => path === 'metadata.name' && equal)?.value
}
