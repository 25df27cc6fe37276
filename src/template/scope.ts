import { Fault, isObject, textOf, utf8 } from '#base'
import { decodeValue, parseYaml } from '#go'

import { parseTemplate, render, type RenderOptions } from './template.ts'

/** How the text of a template is taken: as one value, or as YAML of keys and values. */
export type TemplateScope = 'Values' | 'KeysAndValues'

/** One template of `templateFrom`. */
export interface ScopedTemplate {
  /** Key of the ConfigMap or Secret it comes from; the key of the result for scope Values. */
  readonly key: string
  readonly text: string
  readonly scope: TemplateScope
}

/**
 * Renders one template of `templateFrom` with External Secrets' engine.
 *
 * @returns Scope Values: one entry, `key`. Scope KeysAndValues: the entries of the YAML map it
 *   renders to; numbers and booleans as text, null as nothing.
 * @throws TemplateFault; Fault InvalidSpec when the YAML is no map of plain values. Neither holds a
 *   value.
 */
export function renderScoped(
  template: ScopedTemplate,
  data: ReadonlyMap<string, Uint8Array>,
  options: RenderOptions = {},
): ReadonlyMap<string, Uint8Array> {
  const parsed = parseTemplate(template.text, { engine: 'eso', name: template.key })
  const output = render(parsed, data, options)
  if (template.scope === 'Values') return new Map([[template.key, output]])
  return keysAndValues(output)
}

/**
 * The entries of a rendered KeysAndValues template.
 *
 * @param decoding `valuesDecodingStrategy`; default None.
 * @throws Fault InvalidSpec that holds no value.
 */
export function keysAndValues(
  output: Uint8Array,
  decoding: string = 'None',
): ReadonlyMap<string, Uint8Array> {
  const value = parseRendered(output)
  const entries = new Map<string, Uint8Array>()
  if (value === null) return entries
  if (!isObject(value)) throw unfit('it must be a map')
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== null && typeof entry !== 'string') {
      throw unfit('its values must be plain, not maps or lists')
    }
    entries.set(key, decodeValue(utf8(entry ?? ''), decoding))
  }
  return entries
}

function unfit(why: string): Fault {
  return new Fault('InvalidSpec', `could not unmarshal template to 'map[string][]byte': ${why}`)
}

function parseRendered(output: Uint8Array): unknown {
  try {
    return parseYaml(textOf(output), { asText: true })
  } catch (thrown) {
    if (thrown instanceof Fault) throw unfit(thrown.message)
    throw thrown
  }
}
