import { Fault, isObject, parseJson } from '#base'
import { dict, encodeJson, goString, goText, goValueOf, parseYaml, writeYaml } from '#go'

import { decodingCost } from '../cost.ts'
import type { Family } from './function.ts'

/** External Secrets' YAML functions: they answer errors as values, and never fail. */
export const yamlFunctions: Family = {
  toYaml: (args) => {
    const json = encodeJson(args.any(0), false)
    if (json === undefined) return ''
    return goString(writeYaml(parseJson(goText(json))).replace(/\n$/, ''))
  },
  fromYaml: (args, context) => {
    context.spend(decodingCost(args.string(0)))
    try {
      const value = parseYaml(goText(args.string(0)))
      if (value === null) return dict()
      if (isObject(value)) return goValueOf(value, 'float64')
      return failure(
        `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kindOf(value)} into Go value of type map[string]interface {}`,
      )
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      return failure(`error converting YAML to JSON: ${asPeer(thrown.message)}`)
    }
  },
}

/** The peer names no column, and no line when it is the first. */
function asPeer(message: string): string {
  return message.replace(/^yaml: line (\d+)(?:, column \d+)?: /, (_all, line: string) =>
    line === '1' ? 'yaml: ' : `yaml: line ${line}: `,
  )
}

function failure(what: string): ReturnType<typeof dict> {
  return dict([['Error', goString(what)]])
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'number'
}
