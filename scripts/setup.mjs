// Makes a fresh clone ready: dependencies by `npm ci`, and a private Node 24 where the machine's is
// older. Plain JavaScript that Node 20 runs; does nothing, fast, when everything is in place.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const wanted = '24.21.0'
// npm packages that are the Node binary itself, with the hashes that npm's lock file would hold.
const binaries = {
  'linux-x64':
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'linux-arm64':
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'win32-x64':
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node ${process.versions.node} is too old for the set-up itself`, 'install Node 20 or newer')
}
// npm leaves out optional packages that do not fit the Node it runs on, so Node comes first.
const privateNode = installNode()
installDependencies()
if (privateNode !== undefined) link(privateNode, join(root, 'node_modules', '.bin', exe('node')))

function installDependencies() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const stamp = join(root, 'node_modules', '.lockstep-setup')
  const digest = createHash('sha256').update(lock).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  say('installing dependencies (npm ci)')
  // No install scripts run: none of the dependencies needs one, and none should be trusted with it.
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, digest)
}

/** @returns the private Node's path, or undefined when the machine's own will do. */
function installNode() {
  if (nodeVersion('node') >= 24) return undefined
  const platform = `${process.platform}-${process.arch}`
  const name = `node-${platform === 'win32-x64' ? 'win-x64' : platform}`
  const work = join(root, '.node')
  const binary = join(work, 'node_modules', name, 'bin', exe('node'))
  if (existsSync(binary) && nodeVersion(binary) >= 24) return binary
  const integrity = binaries[platform]
  if (integrity === undefined) {
    fail(
      `Node ${process.versions.node} is older than 24, and there is no Node 24 package for ${platform}`,
      'install Node 24 (https://nodejs.org) and run this again',
    )
  }
  say(`installing a private Node ${wanted} (this machine has ${process.versions.node})`)
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  // A lock file of its own makes npm check the hash written above.
  writeFileSync(
    join(work, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [name]: wanted } }),
  )
  writeFileSync(
    join(work, 'package-lock.json'),
    JSON.stringify({
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { dependencies: { [name]: wanted } },
        [`node_modules/${name}`]: { version: wanted, integrity },
      },
    }),
  )
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], work)
  if (nodeVersion(binary) < 24)
    fail(`the Node at ${binary} does not run`, 'install Node 24 by hand')
  return binary
}

function exe(name) {
  return process.platform === 'win32' ? `${name}.exe` : name
}

/** `npm run` looks into node_modules/.bin first, so a Node there serves every script. */
function link(binary, bin) {
  if (existsSync(bin) && nodeVersion(bin) >= 24) return
  rmSync(bin, { force: true })
  if (process.platform === 'win32') {
    writeFileSync(bin.replace(/\.exe$/, '.cmd'), `@"${binary}" %*\r\n`)
    return
  }
  writeFileSync(bin, `#!/bin/sh\nexec "${binary}" "$@"\n`, { mode: 0o755 })
}

function nodeVersion(command) {
  const answer = spawnSync(command, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  return answer.status === 0 ? Number(answer.stdout.trim().split('.')[0]) : 0
}

function npm(args, cwd = root) {
  const windows = process.platform === 'win32'
  const env = { ...process.env }
  const first = privateNodeFolder()
  if (first !== undefined) env.PATH = `${first}${delimiter}${env.PATH ?? ''}`
  const run = spawnSync(windows ? 'npm.cmd' : 'npm', args, {
    cwd,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: windows,
  })
  if (run.status !== 0)
    fail(`npm ${args[0]} failed`, 'see its output above; is the registry reachable?')
}

function privateNodeFolder() {
  const modules = join(root, '.node', 'node_modules')
  if (!existsSync(modules)) return undefined
  const name = readdirSync(modules).find((entry) => entry.startsWith('node-'))
  const folder = name === undefined ? undefined : join(modules, name, 'bin')
  return folder !== undefined && existsSync(folder) ? folder : undefined
}

function say(what) {
  process.stderr.write(`lockstep set-up: ${what}\n`)
}

function fail(what, hint) {
  process.stderr.write(`lockstep set-up: ${what}\nhint: ${hint}\n`)
  process.exit(1)
}
