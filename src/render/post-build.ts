/** Substitution over a whole rendering: each object by itself, all mistakes told with their places. */
import { field, isObject, stringOf, type JsonObject } from '#base'
import { parseApiVersion, type AnyObject } from '#api'
import type { Problem, RenderedObject } from './manifest.ts'
import type { Substitution } from './request.ts'
import {
  asksFor,
  isLeftOut,
  secretNamesOf,
  substitution,
  SubstitutionFault,
  textlessOf,
  variablesOf,
} from './substitute.ts'

/** The objects with their variables put in; what is wrong, if anything, is in `problems`. */
export interface Substituted {
  readonly objects: readonly RenderedObject[]
  readonly problems: readonly Problem[]
}

/** All objects together may take what one budget gives. */
export function substituted(objects: readonly RenderedObject[], wanted: Substitution): Substituted {
  const { sources, inline } = wanted
  const secretive = secretNamesOf(sources, inline)
  const textless = textlessOf(sources, inline)
  const problems: Problem[] = []
  let substitute: ReturnType<typeof substitution> | undefined
  const made = objects.flatMap((entry) => {
    if (isLeftOut(entry.object)) return [entry]
    try {
      substitute ??= substitution(variablesOf(sources, inline), wanted, textless)
      const object = identified(substitute(entry.object))
      return [
        asksFor(entry.object, secretive)
          ? { ...entry, object, isSecretive: true }
          : { ...entry, object },
      ]
    } catch (thrown) {
      if (!(thrown instanceof SubstitutionFault)) throw thrown
      const message = `post build failed for '${nameOf(entry.object)}': ${thrown.message}`
      const hint = thrown.hint === undefined ? {} : { hint: thrown.hint }
      problems.push({ origin: entry.origin, message, ...hint })
      return []
    }
  })
  return { objects: made, problems }
}

/** As the peer names it: kind, version and group, name. */
function nameOf({ apiVersion, kind, metadata }: AnyObject): string {
  const { group, version } = parseApiVersion(apiVersion)
  return `${kind}.${version}.${group === '' ? '[noGrp]' : group}/${metadata.name}`
}

// What only the server minds, such as a label that became a number, is left to the server.
function identified(object: JsonObject): AnyObject {
  const metadata = field(object, 'metadata')
  const namespace = field(metadata, 'namespace')
  const texts = [field(object, 'apiVersion'), field(object, 'kind'), field(metadata, 'name')]
  const hasNamespace =
    namespace === undefined || namespace === null || typeof namespace === 'string'
  if (isObject(metadata) && texts.every((text) => stringOf(text)) && hasNamespace) {
    return object as AnyObject
  }
  throw new SubstitutionFault(
    'exec',
    'envsubst error: the object has no name, kind, version or namespace that is a string any more',
    'quote the value of the variable, quotes included',
  )
}
