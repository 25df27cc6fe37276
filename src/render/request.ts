import type { Mirror } from '#git'

/** Which tree of which repository becomes objects, and what is put on each. */
export interface RenderRequest {
  readonly mirror: Mirror
  readonly commit: string
  /** Path in the repository; confined to it. */
  readonly path: string
  readonly targetNamespace?: string
  /** Put on every object, over what it says itself. */
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}
