/**
 * Everything that makes one run differ from another: time, randomness, network, files, child
 * processes, heavy compute. It comes in through this one argument, so that a test can turn the
 * clock and a simulation can replay a run from its seed.
 */
export interface Env {
  readonly clock: Clock
  /** Jitter and names; seedable. Never for keys. */
  readonly random: Random
  /** Keys, nonces, ephemeral keys; never seedable in a production build. */
  readonly entropy: Entropy
  readonly net: Net
  readonly fs: Files
  readonly spawn: Spawn
  readonly compute: Compute
  readonly log: Log
}

export interface Clock {
  /** Wall time, milliseconds since 1970 in UTC. May jump. */
  now(): number
  /** Milliseconds since some fixed moment; never goes back. Durations are measured with this. */
  monotonic(): number
  /** Resolves after `ms` milliseconds. @throws the signal's reason when aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `fire` once after `ms` milliseconds; it must not throw. Does not keep a process alive. */
  timer(ms: number, fire: () => void): Timer
}

export interface Timer {
  cancel(): void
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number
}

export interface Entropy {
  /** `size` unpredictable bytes. */
  bytes(size: number): Uint8Array
  /** A random UUID, version 4. */
  uuid(): string
}

/** Header names in lower case. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[]>>

export interface TlsOptions {
  /** PEM certificates that are trusted; absent: the platform's own list. */
  readonly ca?: string
  /** PEM client certificate and key. */
  readonly cert?: string
  readonly key?: string
  /** Name to expect in the server's certificate instead of the URL's host. */
  readonly serverName?: string
  /** Accept any certificate. Only where a user's own configuration says so. */
  readonly insecure?: boolean
}

export interface PoolOptions {
  readonly tls?: TlsOptions
  /** Connections kept for ordinary exchanges; a `dedicated` exchange has one of its own. Default 32. */
  readonly maxConnections?: number
  /** Time to connect, TLS included, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number
  /** Speak through this http, https or socks5 address; `allowAddress` is then the proxy's to ask. */
  readonly proxy?: string
  /** Asked with each address a host name resolves to; false refuses the connection (SSRF guard). */
  readonly allowAddress?: (address: string) => boolean
}

export interface HttpRequest {
  readonly method: string
  /** Absolute, http: or https:. Redirects are never followed here. */
  readonly url: string
  readonly headers?: HttpHeaders
  readonly body?: Uint8Array | string
  readonly signal?: AbortSignal
  /** Until the answer's headers, in milliseconds. Default 30,000. */
  readonly headersTimeoutMs?: number
  /** Longest silence inside the body, in milliseconds; 0: none. Default 30,000. */
  readonly bodyTimeoutMs?: number
  /** Use a connection of its own, closed afterwards; for watches, which would block the pool. */
  readonly dedicated?: boolean
}

export interface HttpResponse {
  readonly status: number
  readonly headers: HttpHeaders
  /** Must be read to its end or cancelled (`return()`), else its connection stays taken. */
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Connections of one identity to whatever hosts it talks to. Keep one for each (server, identity):
 * a connection is never shared between two of them.
 *
 * Failures to connect, resets and time-outs are thrown as Faults `Unavailable` or `Timeout`;
 * any HTTP status is an answer.
 */
export interface Pool {
  request(request: HttpRequest): Promise<HttpResponse>
  /** How many connections were opened in all, for tests and metrics. */
  opened(): number
  close(): Promise<void>
}

export interface ServerRequest {
  readonly method: string
  /** Path with query, as it stood in the request line. */
  readonly target: string
  readonly headers: HttpHeaders
  readonly body: AsyncIterable<Uint8Array>
  /** Address of the peer. */
  readonly remoteAddress: string
  /** Subject of the verified client certificate, if one was given. */
  readonly certificate?: {
    readonly commonName: string
    readonly organizations: readonly string[]
    /** Digest of the whole certificate, in lower-case hex. */
    readonly sha256?: string
  }
  /** Aborted when the peer hangs up or the server stops. */
  readonly signal: AbortSignal
}

export interface ServerResponse {
  readonly status: number
  readonly headers?: HttpHeaders
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>
}

export type Handler = (request: ServerRequest) => Promise<ServerResponse>

export interface ListenOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** 0, the default: any free port. */
  readonly port?: number
  /** PEM; given: TLS. `clientCa` asks for, but does not demand, a client certificate. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string }
}

export interface Listener {
  readonly host: string
  readonly port: number
  /** `http://host:port` or `https://host:port`. */
  readonly url: string
  /** Stops taking connections, aborts requests in flight after `graceMs` (default 0). */
  close(graceMs?: number): Promise<void>
}

export interface Net {
  pool(options?: PoolOptions): Pool
  listen(handler: Handler, options?: ListenOptions): Promise<Listener>
  /** The addresses of a host, none when its name is not known; an address stands for itself. */
  lookup(host: string): Promise<readonly string[]>
}

export interface FileInfo {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly sizeBytes: number
  readonly modifiedMs: number
}

export interface Files {
  /** The file's bytes, or null when there is none. @throws Fault AccessDenied, TooLarge … */
  read(path: string, options?: { readonly maxBytes?: number }): Promise<Uint8Array | null>
  /** Replaces the file whole or not at all (written beside it, then renamed). Mode default 0o644. */
  write(
    path: string,
    bytes: Uint8Array | string,
    options?: { readonly mode?: number },
  ): Promise<void>
  info(path: string): Promise<FileInfo | null>
  /** Names in the folder, sorted; null when there is none. */
  list(path: string): Promise<readonly string[] | null>
  /** Makes the folder and those above it. */
  makeFolder(path: string, options?: { readonly mode?: number }): Promise<void>
  /** A fresh folder only we can read; `prefix` is part of its name. In memory where the platform can. */
  makeTempFolder(prefix: string): Promise<string>
  /** Removes a file or a whole folder; absent is fine. */
  remove(path: string): Promise<void>
}

export interface Command {
  /** Program: absolute, or looked up on PATH. Never a shell. */
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  /** The child's whole environment; nothing is inherited but PATH. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array | string
  /** Killed after this; default 60,000. */
  readonly timeoutMs?: number
  /** Each of stdout and stderr; more is a Fault TooLarge. Default 64 MiB. */
  readonly maxOutputBytes?: number
  readonly signal?: AbortSignal
}

export interface Finished {
  /** Exit status; -1 when a signal ended it. */
  readonly code: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

/** A child that runs beside us, spoken to over its standard streams. */
export interface Child {
  readonly pid: number
  write(bytes: Uint8Array | string): Promise<void>
  /** Closes its standard input. */
  end(): void
  readonly stdout: AsyncIterable<Uint8Array>
  /** The last 64 KiB of its standard error so far. */
  stderr(): Uint8Array
  readonly exited: Promise<number>
  /** SIGTERM, then SIGKILL after two seconds. */
  stop(): Promise<void>
}

export interface Spawn {
  /** Runs to the end. @throws Fault NotFound when there is no such program, Timeout, TooLarge. */
  run(command: Command): Promise<Finished>
  start(command: Command): Promise<Child>
  /** Absolute path of a program on PATH, or null. */
  find(file: string): Promise<string | null>
}

/**
 * Work that would hold up the event loop, written as a pure function of structured-cloneable input.
 * Make one with `defineTask` in a module of its own: workers import that module.
 */
export interface Task<Input, Output> {
  readonly id: string
  /** `import.meta.url` of the module that defines it. */
  readonly module: string
  readonly run: (input: Input) => Output | Promise<Output>
}

export interface Compute {
  /** Runs off the event loop; killed after `timeoutMs` (default 10,000). @throws Fault Timeout. */
  run<Input, Output>(
    task: Task<Input, Output>,
    input: Input,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<Output>
}

/** Values that may stand in a log line; Sensitive prints as `[redacted]`. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A log whose every line carries these fields. */
  child(fields: LogFields): Log
}
