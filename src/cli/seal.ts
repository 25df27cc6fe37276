/**
 * `lockstep seal`: everything kubeseal does, by the same flags.
 *
 * One mode for each run, looked for in kubeseal's order: help, version, recovery, validate,
 * re-encrypt, fetch the certificate, merge into a file, raw, seal. Start-up is kept light: YAML
 * and the way to a cluster load only when they are needed.
 */
import { base64, Fault, textOf, type JsonObject } from '#base'
import type { Client } from '#kube'
import { labelOf, nodeSealCrypto, sealBytes } from '#seal'
import { failure, misuse } from './failure.ts'
import { FlagError } from './flags.ts'
import type { CliCommand, CliIo } from './io.ts'
import { absolute, recipientFrom, recipientOf } from './seal/certificate.ts'
import { contextNamespace } from './seal/context.ts'
import { readDocuments } from './seal/documents.ts'
import { sealHelp, sealOptions, type SealOptions } from './seal/flags.ts'
import { printDocuments } from './seal/print.ts'
import { sealSecret, type Sealing } from './seal/seal-secret.ts'
import type { Connect } from './status.ts'

/** The version of kubeseal whose behaviour this is. */
const kubesealVersion = 'v0.40.0'

/** One run: what was asked for, and the world it runs in. */
interface Run {
  readonly io: CliIo
  readonly options: SealOptions
  readonly connect: () => Promise<Connect>
  readonly signal: AbortSignal
}

/**
 * `lockstep seal`.
 *
 * @param connect Loads the way to a cluster; called only when a cluster must be asked.
 */
export function sealCommand(connect: () => Promise<Connect>): CliCommand {
  return async (argv, io, signal) => {
    try {
      const options = sealOptions(argv, io.variables)
      if (options.flags.isOn('help')) {
        io.stdout(sealHelp())
        return 0
      }
      if (options.flags.isOn('version')) {
        io.stdout(`kubeseal version: ${kubesealVersion}\n`)
        return 0
      }
      await runMode({ io, options, connect, signal })
      return 0
    } catch (thrown) {
      return thrown instanceof FlagError ? misuse(io, 'seal', thrown.message) : failure(io, thrown)
    }
  }
}

/** `lockstep seal` where no cluster can be reached: certificates come from files and URLs. */
export const seal: CliCommand = sealCommand(() => {
  throw new Fault('Unsupported', 'no way to a cluster from here', {
    hint: 'give the certificate: --cert FILE or URL',
  })
})

async function runMode(run: Run): Promise<void> {
  const { flags } = run.options
  if (flags.isOn('recovery-unseal')) {
    const { recoverSecret } = await import('./seal/recover.ts')
    const [first] = await readDocuments(await input(run))
    const secret = await recoverSecret(
      first as JsonObject,
      flags.list('recovery-private-key'),
      run.io,
    )
    return output(run, await printDocuments([secret], run.options.format), 0o600)
  }
  if (flags.isOn('validate') || flags.isOn('re-encrypt') || flags.isOn('rotate')) {
    return askCluster(run)
  }
  if (flags.isOn('fetch-cert')) return output(run, await fetchCertificate(run))
  if (flags.list('from-file').length > 0 && !flags.isOn('raw')) {
    throw new Fault('InvalidSpec', '--from-file requires --raw', {
      hint: 'add --raw to seal one value, or pipe a whole Secret in',
    })
  }
  const target = flags.text('merge-into')
  if (target !== undefined) return mergeInto(run, target)
  if (flags.isOn('raw')) return sealRaw(run)
  return sealAll(run)
}

async function sealAll(run: Run): Promise<void> {
  const documents = await readDocuments(await input(run))
  const sealing = await sealingFor(run)
  const sealed: JsonObject[] = []
  for (const document of documents) sealed.push(await sealSecret(document, sealing))
  return output(run, await printDocuments(sealed, run.options.format))
}

async function mergeInto(run: Run, target: string): Promise<void> {
  const { mergeSealed, sealedTarget } = await import('./seal/merge.ts')
  const path = absolute(target, run.io)
  const held = await run.io.env.fs.read(path)
  if (held === null) throw missingFile(target, '--merge-into')
  const present = await sealedTarget(held, target)
  const [first, ...others] = await readDocuments(await input(run))
  if (others.length > 0) {
    throw new Fault('InvalidSpec', 'give one Secret to merge, not several', {
      hint: 'merge the documents one after the other',
    })
  }
  const merged = await mergeSealed(present, first as JsonObject, await sealingFor(run))
  const isYaml = present.isYaml && run.options.flags.text('format') === undefined
  const text = await printDocuments([merged], isYaml ? 'yaml' : run.options.format)
  await run.io.env.fs.write(path, text)
}

async function sealRaw(run: Run): Promise<void> {
  const { flags, scope } = run.options
  const files = flags.list('from-file')
  if (files.length > 1) {
    throw new Fault(
      'InvalidSpec',
      'must provide only one --from-file when encrypting a single item with --raw',
      { hint: 'seal each file in a run of its own' },
    )
  }
  const name = flags.text('name') ?? ''
  const namespace = scope === 'cluster-wide' ? '' : ((await namespaceHere(run)) ?? '')
  if (scope !== 'cluster-wide' && namespace === '') throw rawNeeds('namespace', scope)
  if (scope === 'strict' && name === '') throw rawNeeds('name', scope)
  const publicKey = await recipient(run)
  const [file] = files
  const value = file === undefined ? await run.io.stdin() : await valueFile(file, run.io)
  const crypto = nodeSealCrypto(run.io.env.entropy)
  const sealed = await sealBytes(crypto, publicKey, labelOf(scope, namespace, name), value)
  return output(run, base64(sealed))
}

function rawNeeds(flag: string, scope: string): Fault {
  return new Fault(
    'InvalidSpec',
    `must provide the --${flag} flag with --raw and --scope ${scope}`,
    { hint: 'a sealed value opens only under the name and namespace it was sealed for' },
  )
}

/** `key=path` or `path`; the key is what the value will be called, which sealing does not bind. */
async function valueFile(given: string, io: CliIo): Promise<Uint8Array> {
  const path = given.slice(given.indexOf('=') + 1)
  const bytes = await io.env.fs.read(absolute(path, io))
  if (bytes === null) throw missingFile(path, '--from-file')
  return bytes
}

function missingFile(path: string, flag: string): Fault {
  return new Fault('NotFound', `open ${path}: no such file or directory`, {
    hint: `check the path given with ${flag}`,
  })
}

async function sealingFor(run: Run): Promise<Sealing> {
  const { flags, scope } = run.options
  const name = flags.text('name')
  const namespace = namespaceFlag(run)
  return {
    crypto: nodeSealCrypto(run.io.env.entropy),
    publicKey: await recipient(run),
    scope,
    allowEmptyData: flags.isOn('allow-empty-data'),
    contextNamespace: () => contextNamespace(run.io, kubeconfigFlags(run)),
    ...(name === undefined || name === '' ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  }
}

async function recipient(run: Run): Promise<Uint8Array> {
  const source = run.options.flags.text('cert')
  return source !== undefined && source !== ''
    ? await recipientFrom(source, run.io, run.signal)
    : recipientOf(textOf(await fetchCertificate(run)), run.io)
}

function namespaceFlag(run: Run): string | undefined {
  const given = run.options.flags.text('namespace')?.replace(/^(ns|namespaces?)\//, '')
  return given === '' ? undefined : given
}

async function namespaceHere(run: Run): Promise<string | undefined> {
  return namespaceFlag(run) ?? (await contextNamespace(run.io, kubeconfigFlags(run)))
}

function kubeconfigFlags(run: Run): { kubeconfig?: string; context?: string } {
  const kubeconfig = run.options.flags.text('kubeconfig')
  const context = run.options.flags.text('context')
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  }
}

async function fetchCertificate(run: Run): Promise<Uint8Array> {
  const { ControllerService } = await import('./seal/controller-service.ts')
  const service = await ControllerService.find(
    await clientOf(run),
    run.options.controller,
    run.signal,
  )
  return service.certificate(run.signal)
}

async function askCluster(run: Run): Promise<void> {
  const { ControllerService } = await import('./seal/controller-service.ts')
  const { flags, format } = run.options
  const documents = await readDocuments(await input(run))
  const service = await ControllerService.find(
    await clientOf(run),
    run.options.controller,
    run.signal,
  )
  if (flags.isOn('validate')) {
    for (const document of documents) await service.validate(document, run.signal)
    return
  }
  const rotated: JsonObject[] = []
  for (const document of documents) rotated.push(await service.reEncrypt(document, run.signal))
  const text = await printDocuments(rotated, format)
  const source = flags.text('secret-file')
  if (source === undefined || flags.text('sealed-secret-file') !== undefined) {
    return output(run, text)
  }
  await run.io.env.fs.write(absolute(source, run.io), text)
}

/** Ways to name a cluster that only a kubeconfig can say so far; passing them over would ask another one. */
const notHonoured =
  'cluster user server token as as-uid username password client-certificate client-key certificate-authority tls-server-name proxy-url'.split(
    ' ',
  )

async function clientOf(run: Run): Promise<Client> {
  const given = notHonoured.find((name) => run.options.flags.text(name) !== undefined)
  if (given !== undefined) {
    throw new Fault('Unsupported', `--${given} is not supported yet`, {
      hint: 'put it into a kubeconfig, and name that with --kubeconfig and --context',
    })
  }
  const connect = await run.connect()
  return (await connect(run.io, kubeconfigFlags(run))).client
}

async function input(run: Run): Promise<Uint8Array> {
  const path = run.options.flags.text('secret-file')
  if (path === undefined || path === '') return run.io.stdin()
  const bytes = await run.io.env.fs.read(absolute(path, run.io))
  if (bytes === null) {
    throw new Fault('NotFound', 'Could not read file specified with --secret-file', {
      hint: 'check the path given with -f',
    })
  }
  return bytes
}

async function output(run: Run, content: string | Uint8Array, mode?: number): Promise<void> {
  const path = run.options.flags.text('sealed-secret-file')
  if (path === undefined || path === '') {
    run.io.stdout(content)
    return
  }
  await run.io.env.fs.write(absolute(path, run.io), content, mode === undefined ? {} : { mode })
}
