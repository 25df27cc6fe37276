import { builtins } from './builtins.ts'
import { defineFunction, type Family, type TemplateFunction } from './function.ts'
import {
  builtinSignatures,
  externalSecretsOnly,
  htpasswdSignatures,
  signatures,
} from './signatures.ts'
import { certificateFunctions } from './certificates.ts'
import { dateFunctions } from './dates.ts'
import { dictFunctions } from './dicts.ts'
import { encodingFunctions } from './encoding.ts'
import { generateFunctions } from './generate.ts'
import { listFunctions } from './lists.ts'
import { numberFunctions } from './numbers.ts'
import { passwordFunctions } from './passwords.ts'
import { pkcs12Functions } from './pkcs12.ts'
import { regexFunctions } from './regex.ts'
import { pemFunctions } from './pem.ts'
import { secretFunctions } from './secrets.ts'
import { semverFunctions } from './semver.ts'
import { stringFunctions } from './strings.ts'
import { urlFunctions } from './url.ts'
import { valueFunctions } from './values.ts'
import { yamlFunctions } from './yaml.ts'

/** Whose rules a template follows. */
export type Engine = 'eso' | 'transform' | 'sealed'

const families: readonly Family[] = [
  certificateFunctions,
  dateFunctions,
  dictFunctions,
  encodingFunctions,
  generateFunctions,
  listFunctions,
  numberFunctions,
  passwordFunctions,
  pkcs12Functions,
  regexFunctions,
  pemFunctions,
  secretFunctions,
  semverFunctions,
  stringFunctions,
  urlFunctions,
  valueFunctions,
  yamlFunctions,
]

const bodies: Family = Object.assign(
  Object.create(null) as Record<string, never>,
  ...families,
) as Family

function build(engine: 'eso' | 'sealed'): ReadonlyMap<string, TemplateFunction | undefined> {
  const table = new Map<string, TemplateFunction | undefined>()
  const own = { ...signatures, htpasswd: htpasswdSignatures[engine] }
  for (const [name, signature] of Object.entries(own)) {
    if (engine === 'sealed' && externalSecretsOnly.has(name)) continue
    const body = bodies[name]
    table.set(name, body && defineFunction(name, signature, body, false))
  }
  for (const [name, signature] of Object.entries(builtinSignatures)) {
    const body = builtins[name]
    table.set(name, body && defineFunction(name, signature, body, true))
  }
  return table
}

const tables = { eso: build('eso'), sealed: build('sealed') }

/** The functions of an engine; `undefined` stands for one that is not supported yet. */
export function functionsOf(engine: Engine): ReadonlyMap<string, TemplateFunction | undefined> {
  return engine === 'sealed' ? tables.sealed : tables.eso
}

/** Names an engine's templates may call, each with the Go types it takes: `repeat` → `int, string`. */
export function signaturesOf(engine: Engine): ReadonlyMap<string, string> {
  return new Map(
    [...functionsOf(engine)].flatMap(([name, found]) => {
      if (found === undefined) return []
      const rest = found.variadic === undefined ? [] : [`...${found.variadic.name}`]
      return [[name, [...found.fixed.map((type) => type.name), ...rest].join(', ')] as const]
    }),
  )
}
