/**
 * Command-line flags as spf13/pflag reads them, which kubeseal's users and their scripts expect:
 * `--flag value`, `--flag=value`, `-f value`, `-fvalue`, switches with `=true`; the last of a
 * repeated flag counts, lists grow; `--` ends the flags; everything else is an argument.
 */

/** One flag a command knows. */
export interface FlagSpec {
  /** A list's values may be joined by commas; those of `texts` are taken whole. */
  readonly kind: 'text' | 'switch' | 'list' | 'texts'
  /** One letter. */
  readonly short?: string
  readonly help: string
  /** What stands behind the flag in the help: `FILE`. */
  readonly value?: string
  /** Left out of the help. */
  readonly hidden?: true
}

/** What was given. */
export interface FlagValues {
  text(name: string): string | undefined
  isOn(name: string): boolean
  list(name: string): readonly string[]
  readonly positionals: readonly string[]
}

/** A misuse of flags, for people to read; exit status 2. */
export class FlagError extends Error {
  override readonly name = 'FlagError'
}

/** A flag's value: text, a switch, or a list. */
type Value = string | boolean | readonly string[]

/**
 * Reads `argv`. Values from the environment stand in for flags that are not given, lists take both.
 *
 * @param fallback The environment's text for a flag, if there is one.
 * @throws FlagError in pflag's words.
 */
export function parseFlags(
  specs: ReadonlyMap<string, FlagSpec>,
  argv: readonly string[],
  fallback: (name: string) => string | undefined = () => undefined,
): FlagValues {
  const values = new Map<string, Value>()
  const positionals: string[] = []
  for (const [name, spec] of specs) {
    const text = fallback(name)
    if (text !== undefined) put(values, name, spec, text)
  }
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] as string
    if (argument === '--') {
      positionals.push(...argv.slice(i + 1))
      break
    }
    if (!argument.startsWith('-') || argument === '-') positionals.push(argument)
    else if (argument.startsWith('--')) i += takeLong(specs, values, argument, argv[i + 1])
    else i += takeShort(specs, values, argument, argv[i + 1])
  }
  return {
    text: (name) => {
      const value = values.get(name)
      return typeof value === 'string' ? value : undefined
    },
    isOn: (name) => values.get(name) === true,
    list: (name) => {
      const value = values.get(name)
      return Array.isArray(value) ? (value as readonly string[]) : []
    },
    positionals,
  }
}

/** @returns 1 when the next argument was taken as the value, else 0. */
function takeLong(
  specs: ReadonlyMap<string, FlagSpec>,
  values: Map<string, Value>,
  argument: string,
  next: string | undefined,
): 0 | 1 {
  const equals = argument.indexOf('=')
  const name = equals < 0 ? argument.slice(2) : argument.slice(2, equals)
  const spec = specs.get(name)
  if (spec === undefined) throw new FlagError(`unknown flag: --${name}`)
  if (equals >= 0) put(values, name, spec, argument.slice(equals + 1))
  else if (spec.kind === 'switch') put(values, name, spec, 'true')
  else if (next === undefined) throw new FlagError(`flag needs an argument: --${name}`)
  else {
    put(values, name, spec, next)
    return 1
  }
  return 0
}

/** Letters may be joined: `-ab`, `-n ns`, `-nns`, `-n=ns`. */
function takeShort(
  specs: ReadonlyMap<string, FlagSpec>,
  values: Map<string, Value>,
  argument: string,
  next: string | undefined,
): 0 | 1 {
  for (let at = 1; at < argument.length; at++) {
    const letter = argument.charAt(at)
    const found = [...specs].find(([, spec]) => spec.short === letter)
    if (found === undefined) {
      throw new FlagError(`unknown shorthand flag: '${letter}' in ${argument}`)
    }
    const [name, spec] = found
    const rest = argument.slice(at + 1)
    if (rest.startsWith('=')) {
      put(values, name, spec, rest.slice(1))
      return 0
    }
    if (spec.kind === 'switch') {
      put(values, name, spec, 'true')
      continue
    }
    if (rest === '' && next === undefined) {
      throw new FlagError(`flag needs an argument: '${letter}' in ${argument}`)
    }
    put(values, name, spec, rest === '' ? (next as string) : rest)
    return rest === '' ? 1 : 0
  }
  return 0
}

const truths = new Map<string, boolean>([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
])

function put(values: Map<string, Value>, name: string, spec: FlagSpec, text: string): void {
  switch (spec.kind) {
    case 'text':
      values.set(name, text)
      break
    case 'texts':
    case 'list': {
      const before = values.get(name)
      const added = spec.kind === 'texts' ? [text] : text === '' ? [] : text.split(',')
      values.set(name, [...(Array.isArray(before) ? (before as readonly string[]) : []), ...added])
      break
    }
    case 'switch': {
      const truth = truths.get(text)
      if (truth === undefined) {
        throw new FlagError(
          `invalid argument "${text}" for "${flagName(name, spec)}" flag: not true or false`,
        )
      }
      values.set(name, truth)
    }
  }
}

function flagName(name: string, { short }: FlagSpec): string {
  return short === undefined ? `--${name}` : `-${short}, --${name}`
}

/** The list of flags as help prints it, in the order given. */
export function flagHelp(specs: ReadonlyMap<string, FlagSpec>): string {
  const rows = [...specs]
    .filter(([, spec]) => spec.hidden === undefined)
    .map(([name, spec]) => {
      const short = spec.short === undefined ? '    ' : `-${spec.short}, `
      const value = spec.value === undefined ? '' : ` ${spec.value}`
      return [`  ${short}--${name}${value}`, spec.help] as const
    })
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, help]) => `${left.padEnd(width)}${help}\n`).join('')
}
