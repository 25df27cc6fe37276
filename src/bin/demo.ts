import { parseArgs } from 'node:util'
import { resource, type Resource } from '#api'
import { at, Fault, isObject, stringOf, utf8, type Env, type JsonObject } from '#base'
import { jsonLog } from '#base/env'
import { failure, helpOf, misuse, type CliCommand, type CliIo } from '#cli'
import { sealCommand } from '#cli/seal'
import { statusCommand } from '#cli/status'
import { createMetrics } from '#runtime'
import { applyManifests } from './demo/apply.ts'
import { syncObjects } from './demo/manifests.ts'
import { narrator, until, type Narrator } from './demo/narrator.ts'
import { playStory } from './demo/story.ts'
import { startWorld, type World } from './demo/world.ts'
import { controllerSets, createOperator, type Operator } from './operator.ts'
import { connect } from './connect.ts'

interface DemoFlags {
  readonly help: boolean
  readonly once: boolean
  readonly log: boolean
  readonly repo?: string
  readonly branch: string
  readonly path: string
}

/** `lockstep demo`. */
export const demo: CliCommand = async (argv, io, signal) => {
  let flags: DemoFlags
  try {
    flags = flagsOf(argv)
  } catch (error) {
    return misuse(io, 'demo', error instanceof Error ? error.message : 'unknown flag')
  }
  if (flags.help) {
    io.stdout(helpOf('demo'))
    return 0
  }
  try {
    await play(flags, io, signal)
    return 0
  } catch (thrown) {
    return signal.aborted ? 0 : failure(io, thrown)
  }
}

function flagsOf(argv: readonly string[]): DemoFlags {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      once: { type: 'boolean', default: false },
      log: { type: 'boolean', default: false },
      repo: { type: 'string' },
      branch: { type: 'string', default: 'main' },
      path: { type: 'string', default: './' },
    },
  })
  if (values.repo !== undefined && !/^https?:\/\//.test(values.repo)) {
    throw new Fault('InvalidSpec', '--repo takes an http or https URL')
  }
  const { repo, ...rest } = values
  return { ...rest, ...(repo === undefined ? {} : { repo }) }
}

/** The demo's own folder, servers and operator; all gone when `use` ends. */
async function play(flags: DemoFlags, io: CliIo, signal: AbortSignal): Promise<void> {
  const log = jsonLog(flags.log ? 'info' : 'silent', (line) => io.stderr(line))
  const env: Env = { ...io.env, log }
  const folder = await env.fs.makeTempFolder('lockstep-demo-')
  const page = { write: (text: string) => io.stdout(text), isTty: io.isTty }
  const teller = narrator(page, env.clock, signal)
  const stop = new AbortController()
  const stopping = AbortSignal.any([signal, stop.signal])
  let world: World | undefined
  let running: Promise<void> | undefined
  try {
    const began = env.clock.monotonic()
    teller.say('Lockstep demo: Git, Vault and a cluster, kept in step on this machine\n')
    world = await teller.step('start an API server, a Vault and a Git server', 15_000, () =>
      startWorld(env, folder, stopping),
    )
    const operator = await operatorIn(world, env, folder)
    running = operator.run(stopping)
    running.catch(() => {}) // awaited when the demo ends
    await teller.step('start the operator', 20_000, () => ready(operator, env, stopping))
    try {
      if (flags.repo === undefined) await story(world, io, env, teller, stopping)
      else await follow(world, flags.repo, flags, env, teller, stopping)
    } catch (thrown) {
      if (!signal.aborted) await tellStatus(world, io, teller, stopping)
      throw thrown
    }
    teller.say(`\nDone in ${((env.clock.monotonic() - began) / 1000).toFixed(1)} s.`)
    lookAround(world, flags, teller)
    if (!flags.once && io.isTty) await untilInterrupted(teller, signal)
  } finally {
    stop.abort()
    await running?.catch(() => {}) // how it winds up matters to nobody now
    await world?.close()
    await env.fs.remove(folder)
  }
}

async function operatorIn(world: World, env: Env, folder: string): Promise<Operator> {
  const operator = createOperator({
    env,
    client: world.client,
    metrics: await createMetrics(),
    controllers: new Set(controllerSets),
    namespace: 'lockstep-system',
    // Where kubeseal looks for the controller unless it is told otherwise.
    sealingKeyNamespace: 'kube-system',
    gitFolder: `${folder}/mirrors`,
    allowLocalEndpoints: true,
  })
  if (operator.sealing !== undefined) world.serveSealing(operator.sealing)
  return operator
}

async function ready(operator: Operator, env: Env, signal: AbortSignal): Promise<void> {
  const look = (): Promise<true | undefined> =>
    Promise.resolve(operator.pending().length === 0 ? true : undefined)
  await until(look, env.clock, signal)
}

async function story(
  world: World,
  io: CliIo,
  env: Env,
  teller: Narrator,
  signal: AbortSignal,
): Promise<void> {
  await world.git.commit('shop', { 'README.md': 'What runs in the shop namespace.\n' }, 'begin')
  await applyManifests(world.client, syncObjects(world.git.url, 'main', './deploy'), signal)
  await playStory(
    {
      env,
      client: world.client,
      vault: world.vault,
      commit: (files, message) => world.git.commit('shop', files, message),
      seal: (manifest) => sealed(manifest, world, io, signal),
    },
    teller,
    signal,
  )
}

/** The command a person would run, on the cluster's own certificate. */
async function sealed(
  manifest: string,
  world: World,
  io: CliIo,
  signal: AbortSignal,
): Promise<string> {
  let out = ''
  let complaint = ''
  const status = await sealCommand(() => Promise.resolve(connect))(
    ['--kubeconfig', world.kubeconfig, '-o', 'yaml'],
    {
      ...io,
      stdin: () => Promise.resolve(utf8(manifest)),
      stdout: (text) => {
        out += typeof text === 'string' ? text : new TextDecoder().decode(text)
      },
      stderr: (text) => {
        complaint += text
      },
    },
    signal,
  )
  if (status === 0) return out
  const [what = '', hint = ''] = complaint.split('\n')
  throw new Fault('Unavailable', what.replace('error: ', ''), { hint: hint.replace('hint: ', '') })
}

async function follow(
  world: World,
  url: string,
  flags: DemoFlags,
  env: Env,
  teller: Narrator,
  signal: AbortSignal,
): Promise<void> {
  await applyManifests(world.client, syncObjects(url, flags.branch, flags.path), signal)
  await teller.step(`fetch branch ${flags.branch}`, 60_000, async (told) => {
    const source = resource('source.toolkit.fluxcd.io/v1', 'GitRepository', 'gitrepositories')
    told(await readyMessage(world, source, env, signal))
  })
  await teller.step(`apply ${flags.path}`, 60_000, async (told) => {
    const sync = resource('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'kustomizations')
    told(await readyMessage(world, sync, env, signal))
  })
}

/**
 * Waits until the demo's object of that kind is ready.
 *
 * @returns what its condition says. @throws Fault InvalidManifest with that, when it has failed.
 */
async function readyMessage(
  world: World,
  kind: Resource,
  env: Env,
  signal: AbortSignal,
): Promise<string> {
  const key = { namespace: 'lockstep-system', name: 'shop' }
  const ready = await until(
    async () => {
      const found = at(await world.client.get(kind, key, { signal }), 'status', 'conditions')
      if (!Array.isArray(found)) return undefined
      return (found as readonly unknown[]).filter(isObject).find(isSettled)
    },
    env.clock,
    signal,
  )
  const message = stringOf(ready['message']) ?? ''
  if (ready['status'] === 'True') return message
  throw new Fault('InvalidManifest', message, { hint: 'the table above names what is wrong' })
}

// A sync that has not heard of its source yet says so by a failure; that passes.
function isSettled(condition: JsonObject): boolean {
  if (condition['type'] !== 'Ready' || condition['status'] === 'Unknown') return false
  return condition['reason'] !== 'ArtifactFailed'
}

async function tellStatus(
  world: World,
  io: CliIo,
  teller: Narrator,
  signal: AbortSignal,
): Promise<void> {
  teller.say('\nWhat `lockstep status -A` says:\n')
  await statusCommand(connect)(['-A', '-o', 'wide', '--kubeconfig', world.kubeconfig], io, signal)
  teller.say()
}

function lookAround(world: World, flags: DemoFlags, teller: Narrator): void {
  if (flags.once) return
  teller.say('\nLook around while it runs:')
  teller.say(`  export KUBECONFIG=${world.kubeconfig}`)
  teller.say('  kubectl get externalsecrets,sealedsecrets,secrets')
  teller.say('  kubectl describe externalsecret database')
  if (flags.repo === undefined) teller.say(`  git clone ${world.git.url}`)
  teller.say(`  export VAULT_ADDR=${world.vault.url} VAULT_TOKEN=${world.vault.rootToken}`)
  teller.say('  vault kv put secret/shop/database username=shop password=another')
}

async function untilInterrupted(teller: Narrator, signal: AbortSignal): Promise<void> {
  teller.say('\nCtrl-C ends it and removes everything.')
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
