import { describe, expect, it } from 'vitest'
import { flagHelp, parseFlags, type FlagSpec } from './flags.ts'

const specs: ReadonlyMap<string, FlagSpec> = new Map<string, FlagSpec>([
  ['namespace', { kind: 'text', short: 'n', value: 'NAME', help: 'where' }],
  ['raw', { kind: 'switch', short: 'r', help: 'one value' }],
  ['key', { kind: 'list', help: 'keys' }],
  ['v', { kind: 'text', short: 'v', help: '', hidden: true }],
])
const parse = (...argv: string[]) => parseFlags(specs, argv)

describe('flags', () => {
  it.each([
    [['--namespace', 'a']],
    [['--namespace=a']],
    [['-n', 'a']],
    [['-na']],
    [['-n=a']],
    [['-n', 'x', '--namespace', 'a']],
    [['-rn', 'a']],
    [['-rna']],
  ])('%j names the namespace', (argv) => expect(parse(...argv).text('namespace')).toBe('a'))

  it('takes what looks like a flag as a value where one is due', () => {
    expect(parse('--namespace', '--raw').text('namespace')).toBe('--raw')
  })

  it('leaves arguments alone, everything behind -- included', () => {
    const flags = parse('one', '-', '--raw', '--', '--namespace', 'x')
    expect(flags.positionals).toEqual(['one', '-', '--namespace', 'x'])
    expect(flags.isOn('raw')).toBe(true)
    expect(flags.text('namespace')).toBeUndefined()
  })

  it('switches off with =false, and takes no separate value for a switch', () => {
    expect(parse('--raw', '--raw=false').isOn('raw')).toBe(false)
    expect(parse('--raw', 'false').positionals).toEqual(['false'])
  })

  it('lets lists grow, by commas, by repetition and from the environment', () => {
    const flags = parseFlags(specs, ['--key', 'b,c', '--key=d'], (name) =>
      name === 'key' ? 'a' : undefined,
    )
    expect(flags.list('key')).toEqual(['a', 'b', 'c', 'd'])
  })

  it.each([
    [['--nope'], 'unknown flag: --nope'],
    [['--nope=1'], 'unknown flag: --nope'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['-rx'], "unknown shorthand flag: 'x' in -rx"],
    [['--namespace'], 'flag needs an argument: --namespace'],
    [['-n'], "flag needs an argument: 'n' in -n"],
    [['--raw=maybe'], 'invalid argument "maybe" for "-r, --raw" flag'],
    [['--__proto__'], 'unknown flag: --__proto__'],
    [['--constructor=1'], 'unknown flag: --constructor'],
  ])('%j is a misuse, said as pflag says it', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message)
  })

  it('are listed in the help, but for hidden ones', () => {
    expect(flagHelp(specs)).toBe(
      '  -n, --namespace NAME  where\n  -r, --raw             one value\n      --key             keys\n',
    )
  })
})
