import { fromBytes, goBytes, GoMap, goString, types, type ByteString, type GoValue } from '#go'

import { execute, type Program, type RenderLimits } from './exec.ts'
import type { TemplateDeps } from './functions/function.ts'
import { functionsOf, type Engine } from './functions/index.ts'
import { parse } from './parse.ts'
import { TemplateFault } from './template-fault.ts'

/** Bounds of parsing and rendering; in one place, so that there is one page to look at. */
export const templateLimits = {
  /** Size of a template's text. */
  textBytes: 1_048_576,
  /** Blocks and parentheses within each other. */
  nesting: 200,
  /**
   * Parsed templates kept, and the bytes of their texts, of which each becomes some forty in
   * memory; a longer one is parsed each time.
   */
  cached: 2_000,
  cachedBytes: 524_288,
  longestCached: 65_536,
  render: {
    steps: 2_000_000,
    // A Secret holds 1 MiB at most.
    outputBytes: 2_097_152,
    valueBytes: 2_097_152,
    workBytes: 16_777_216,
    depth: 500,
  },
} as const

/** How a template's text is to be read. */
export interface TemplateOptions {
  readonly engine: Engine
  /** Stands in error messages, so it must hold nothing secret. Default `template`. */
  readonly name?: string
  /** Delimiters; default `{{` and `}}`. */
  readonly left?: string
  readonly right?: string
}

/** A parsed template. Immutable, may be rendered any number of times. */
export interface Template {
  readonly name: string
  readonly program: Program
}

const cache = new Map<string, Template>()
let cachedBytes = 0

/**
 * Parses a template, or takes the one parsed before from the same text and options.
 *
 * @throws TemplateFault (phase `parse`) with its line; a function or construct that is not
 *   supported is refused here, never half-rendered.
 */
export function parseTemplate(text: string, options: TemplateOptions): Template {
  const { engine, name = 'template', left = '', right = '' } = options
  const key = JSON.stringify([engine, name, left, right, text])
  const known = cache.get(key)
  if (known !== undefined) return known
  const template = parseAnew(goString(text), options, name)
  if (key.length <= templateLimits.longestCached) keep(key, template)
  return template
}

/** Drops the oldest until there is room. */
function keep(key: string, template: Template): void {
  for (const old of cache.keys()) {
    const isRoom = cachedBytes + key.length <= templateLimits.cachedBytes
    if (isRoom && cache.size < templateLimits.cached) break
    cache.delete(old)
    cachedBytes -= old.length
  }
  cache.set(key, template)
  cachedBytes += key.length
}

function parseAnew(text: ByteString, options: TemplateOptions, name: string): Template {
  if (text.length > templateLimits.textBytes) {
    const place = { template: name, line: 1 }
    throw new TemplateFault(
      'parse',
      'limit',
      place,
      `longer than ${templateLimits.textBytes} bytes`,
    )
  }
  const functions = functionsOf(options.engine)
  const trees = parse(text, {
    name,
    ...(options.left === undefined ? {} : { left: goString(options.left) }),
    ...(options.right === undefined ? {} : { right: goString(options.right) }),
    hasFunction: (word) =>
      functions.has(word) && (functions.get(word) === undefined ? 'unsupported' : true),
    maxNesting: templateLimits.nesting,
  })
  const failOnMissingKey = options.engine === 'eso'
  return { name, program: { name, text, trees, functions, failOnMissingKey } }
}

/** What a template sees as `.`: a Secret's data, every value a string. */
export function dataValue(data: ReadonlyMap<string, Uint8Array>): GoMap {
  const entries = [...data].map(([key, bytes]) => [goString(key), fromBytes(bytes)] as const)
  return new GoMap(types.mapOfString, entries)
}

/** How a template is to be run. */
export interface RenderOptions {
  readonly limits?: Partial<RenderLimits>
  /** Absent: functions that need time or randomness are refused. */
  readonly deps?: TemplateDeps
}

/**
 * Renders a template over a Secret's data, or over any Go value.
 *
 * @throws TemplateFault (phase `exec`) with its line, also when a bound is reached. Never with a
 *   value of the data.
 */
export function render(
  template: Template,
  data: ReadonlyMap<string, Uint8Array> | GoValue,
  options: RenderOptions = {},
): Uint8Array {
  const limits = { ...templateLimits.render, ...options.limits }
  const value = data instanceof Map ? dataValue(data as ReadonlyMap<string, Uint8Array>) : data
  const output = execute(template.program, value as GoValue, limits, options.deps ?? {})
  return goBytes(output)
}
