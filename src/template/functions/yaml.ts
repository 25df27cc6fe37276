import { isObject, parseJson } from '#base'
import { decodeYaml, dict, encodeJson, goString, goText, goValueOf, writeYaml } from '#go'

import type { Family } from './function.ts'

/** External Secrets' YAML functions: they answer errors as values, and never fail. */
export const yamlFunctions: Family = {
  toYaml: (args) => {
    const json = encodeJson(args.any(0), false)
    if (json === undefined) return ''
    return goString(writeYaml(parseJson(goText(json))).replace(/\n$/, ''))
  },
  fromYaml: (args) => {
    const decoded = decodeYaml(goText(args.string(0)))
    if (!decoded.ok) return failure(`error converting YAML to JSON: ${decoded.sentence}`)
    const { value } = decoded
    if (value === null) return dict()
    if (isObject(value)) return goValueOf(value, 'float64')
    return failure(
      `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kindOf(value)} into Go value of type map[string]interface {}`,
    )
  },
}

function failure(what: string): ReturnType<typeof dict> {
  return dict([['Error', goString(what)]])
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'number'
}
