/** A place in a text; both counted from 0. */
export interface Mark {
  readonly line: number
  readonly column: number
}

/** Who found it. Go's library counts lines by that. */
export type Finder = 'reader' | 'scanner' | 'parser' | 'decoder'

/** What is wrong with a YAML text. */
export class YamlProblem extends Error {
  readonly finder: Finder
  readonly mark: Mark
  /** What the peer says, which may hold parts of the text. {@link Error.message} never does. */
  readonly peerWhat: string

  constructor(finder: Finder, mark: Mark, what: string, peerWhat: string = what) {
    super(what)
    this.finder = finder
    this.mark = { line: mark.line, column: mark.column }
    this.peerWhat = peerWhat
  }

  /** The peer's sentence with its line: none for the first, one too low where the grammar is broken. */
  get peerText(): string {
    const { line } = this.mark
    const hasLine = line > 0 && (this.finder === 'scanner' || this.finder === 'parser')
    const number = this.finder === 'scanner' ? line + 1 : line
    return hasLine ? `line ${number}: ${this.peerWhat}` : this.peerWhat
  }
}
