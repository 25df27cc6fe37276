import { BigNumber, isObject } from '#base'
import {
  decodeYaml,
  dict,
  encodeJson,
  goString,
  goText,
  goValueOf,
  whyNotUtf8,
  writeYaml,
} from '#go'

import { decodingCost } from '../cost.ts'
import type { Family } from './function.ts'

// Of values that templates make; far below what the stack holds.
const maxNesting = 500

/** External Secrets' YAML functions: they answer errors as values, and never fail. */
export const yamlFunctions: Family = {
  toYaml: (args) => {
    const json = encodeJson(args.any(0))
    // The peer reads the JSON as YAML, and so loses what only JSON can say.
    const read = json === undefined ? undefined : decodeYaml(goText(json), { maxNesting })
    return read?.ok === true ? goString(writeYaml(read.value).replace(/\n$/, '')) : ''
  },
  fromYaml: (args, context) => {
    context.spend(decodingCost(args.string(0)))
    const why = whyNotUtf8(args.string(0))
    if (why !== undefined) return failure(`error converting YAML to JSON: yaml: ${why}`)
    const decoded = decodeYaml(goText(args.string(0)))
    if (!decoded.ok) return failure(`error converting YAML to JSON: ${decoded.sentence}`)
    const { value } = decoded
    if (value === null) return dict()
    if (isObject(value) && !(value instanceof BigNumber)) return goValueOf(value, 'float64')
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
