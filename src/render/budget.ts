/** What the substitutions of one rendering may take together: whoever writes to Git or to a ConfigMap decides it. */
import { limits } from '#base'
import { SubstitutionFault } from './envsubst.ts'

/** Some second of work: bytes gone through by operations, and steps of matching patterns. */
export const maxSteps: number = 20_000_000

/** Counts down over all objects of a set. */
export class Budget {
  #steps = maxSteps
  #bytes: number = limits.treeBytes

  /** @throws SubstitutionFault when too much was done. */
  step(count: number = 1): void {
    this.#steps -= count
    if (this.#steps < 0) {
      const hint = 'put fewer or shorter values through patterns, or split the path'
      throw new SubstitutionFault('exec', `all objects take more than ${maxSteps} steps`, hint)
    }
  }

  /** @throws SubstitutionFault when too much was made. */
  make(bytes: number): void {
    this.#bytes -= bytes
    if (this.#bytes < 0) {
      const what = `all objects together make more than ${limits.treeBytes} bytes`
      throw new SubstitutionFault('exec', what, 'split the path into several Kustomizations')
    }
  }
}
