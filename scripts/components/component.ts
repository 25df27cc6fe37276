/** What a component of the real tests is: a program of somebody else's, found or built. */

/** One program that the real tests run Lockstep against. */
export interface Component {
  readonly name: string
  readonly version: string
  /** File name of the program, in the cache and on PATH. */
  readonly program: string
  /** Variables that name the program's path. */
  readonly variables: readonly string[]
  /** Variables that name a folder which holds the program. */
  readonly folderVariables?: readonly string[]
  /** A variable that names a server to use in its place. */
  readonly addressVariable?: string
  /** How a program tells its version, and which ones will do. */
  readonly check: {
    readonly args: readonly string[]
    readonly fits: RegExp
    /** Program beside ours that is asked instead, as `bin/python`. */
    readonly ask?: string
  }
  readonly recipe: Recipe
  /** What stays untested without it. */
  readonly without: string
}

/** How a component comes out of package registries. */
export type Recipe =
  /** A module of our own that requires it. */
  | {
      readonly kind: 'go-module'
      /** Files of the module, by name. */
      readonly files: Readonly<Record<string, string>>
      readonly target: string
      readonly ldflags?: string
    }
  /** `go install`. */
  | { readonly kind: 'go-install'; readonly target: string; readonly installs?: string }
  /** Its own module, out of the module cache; copied when there is something to change. */
  | {
      readonly kind: 'go-source'
      readonly module: string
      readonly target: string
      readonly ldflags?: string
      readonly tags?: string
      readonly change?: Change
    }
  | { readonly kind: 'pip'; readonly requirement: string }
  /** Debian packages, unpacked; the program is in the first. */
  | {
      readonly kind: 'deb'
      readonly package: string
      /** Packages with libraries that it needs. */
      readonly libraries?: readonly string[]
      /** Where the program is when not in usr/bin: it is started from there, with those libraries. */
      readonly starts?: string
    }

/** What is changed in a copy of a module before it is built. */
export interface Change {
  /** Arguments of `go`, one run each. */
  readonly go: readonly (readonly string[])[]
  /** Files written anew. */
  readonly write?: Readonly<Record<string, string>>
  /** Texts replaced, each of which must be there. */
  readonly replace?: readonly {
    readonly file: string
    readonly from: string
    readonly to: string
  }[]
}

/** Where a component is, or why it is nowhere. */
export type Found =
  | { readonly kind: 'program'; readonly path: string; readonly from: string }
  | { readonly kind: 'address'; readonly url: string; readonly from: string }
  | { readonly kind: 'missing'; readonly why: string }
