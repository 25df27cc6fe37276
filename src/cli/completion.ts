/**
 * `lockstep completion`: shell code made from the command table. What stands in the cluster (kinds,
 * names, namespaces) is asked of `lockstep __complete`, with a short time-out: a shell must not hang.
 */
import type { FlagSpec } from './flags.ts'
import { commandTable } from './commands/table.ts'
import { helpOf } from './commands/help.ts'
import { misuse } from './failure.ts'
import type { CliCommand } from './io.ts'

/** Flags of a command; those of `seal` stand with it and are loaded by whoever asks. */
type FlagsOf = (name: string) => ReadonlyMap<string, FlagSpec>

const shells: Readonly<Record<string, (flagsOf: FlagsOf) => string>> = { bash, zsh, fish }

/** `lockstep completion bash|zsh|fish`. */
export const completion: CliCommand = async (argv, io) => {
  const [shell, ...more] = argv
  if (shell === '--help' || shell === '-h') {
    io.stdout(helpOf('completion'))
    return 0
  }
  const write = shell !== undefined && Object.hasOwn(shells, shell) ? shells[shell] : undefined
  if (write === undefined || more.length > 0) {
    return misuse(io, 'completion', 'give one of bash, zsh, fish')
  }
  const { sealFlags } = await import('./seal/flags.ts')
  io.stdout(
    write(
      (name) =>
        commandTable.find((command) => command.name === name)?.flags ??
        (name === 'seal' ? sealFlags : new Map()),
    ),
  )
  return 0
}

function visible(flags: ReadonlyMap<string, FlagSpec>): readonly (readonly [string, FlagSpec])[] {
  return [...flags].filter(([, spec]) => spec.hidden === undefined)
}

/** Every spelling of a command's flags. */
function words(flags: ReadonlyMap<string, FlagSpec>): string {
  return visible(flags)
    .flatMap(([name, spec]) => [
      `--${name}`,
      ...(spec.short === undefined ? [] : [`-${spec.short}`]),
    ])
    .join(' ')
}

/** Those after which a value stands that is no word of ours. */
function taking(flags: ReadonlyMap<string, FlagSpec>): readonly string[] {
  return visible(flags)
    .filter(([, spec]) => spec.kind !== 'switch')
    .flatMap(([name, spec]) => [
      `--${name}`,
      ...(spec.short === undefined ? [] : [`-${spec.short}`]),
    ])
}

function bash(flagsOf: FlagsOf): string {
  const cases = commandTable
    .map(({ name, args }) => {
      const values = taking(flagsOf(name)).filter((flag) => !dynamic.has(flag))
      const skip =
        values.length === 0
          ? ''
          : `    case "$prev" in ${values.join('|')}) compopt -o default; return ;; esac\n`
      const files = args.includes('file') ? '    compopt -o default\n' : ''
      return `  ${name})\n${skip}${files}    flags="${words(flagsOf(name))}" ;;\n`
    })
    .join('')
  return `# bash completion for lockstep; made by: lockstep completion bash
_lockstep() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" flags=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commandTable.map(({ name }) => name).join(' ')} --help --version" -- "$cur"))
    return
  fi
  case "$command" in
${cases}  *) return ;;
  esac
  case "$cur" in
  -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
  *)
    local IFS=$'\\n'
    COMPREPLY=($(compgen -W "$(lockstep __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "$cur"))
    # A colon or slash at the end means that more follows.
    [[ "\${COMPREPLY[0]}" == */ ]] && compopt -o nospace ;;
  esac
}
complete -F _lockstep lockstep
`
}

/** Flags whose values the cluster knows. */
const dynamic = new Set(['--namespace', '-n'])

function zsh(flagsOf: FlagsOf): string {
  const commands = commandTable
    .map(({ name, summary }) => `    ${single(`${name}:${summary}`)}\n`)
    .join('')
  const cases = commandTable
    .map(({ name }) => {
      const flags = visible(flagsOf(name))
        .map(([flag, spec]) => `      ${single(`--${flag}:${spec.help}`)}\n`)
        .join('')
      return `  ${name})\n    flags=(\n${flags}    ) ;;\n`
    })
    .join('')
  return `#compdef lockstep
# zsh completion for lockstep; made by: lockstep completion zsh
_lockstep() {
  local -a commands flags found
  commands=(
${commands}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${cases}  *) return ;;
  esac
  if [[ "$words[CURRENT]" == -* ]]; then
    _describe flag flags
    return
  fi
  found=("\${(@f)$(lockstep __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found || _files
}
if [ "$funcstack[1]" = "_lockstep" ]; then _lockstep "$@"; else compdef _lockstep lockstep; fi
`
}

function fish(flagsOf: FlagsOf): string {
  const lines = commandTable.flatMap(({ name, summary, args }) => [
    `complete -c lockstep -n __fish_use_subcommand -f -a ${name} -d ${single(summary)}`,
    ...(args.includes('file')
      ? [`complete -c lockstep -n '__fish_seen_subcommand_from ${name}' -F`]
      : []),
    ...visible(flagsOf(name)).map(([flag, spec]) => {
      const short = spec.short === undefined ? '' : ` -s ${spec.short}`
      const value = spec.kind === 'switch' ? '' : ' -r'
      return `complete -c lockstep -n '__fish_seen_subcommand_from ${name}' -l ${flag}${short}${value} -d ${single(spec.help)}`
    }),
  ])
  return `# fish completion for lockstep; made by: lockstep completion fish
function __lockstep_complete
    set -l words (commandline -opc) (commandline -ct)
    lockstep __complete $words[2..-1] 2>/dev/null
end
${lines.join('\n')}
complete -c lockstep -n 'not __fish_use_subcommand' -f -a '(__lockstep_complete)'
`
}

/** In single quotes, for all three shells alike. */
function single(text: string): string {
  return `'${text.replaceAll("'", '’')}'`
}
