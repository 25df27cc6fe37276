import type { Schema } from '../schema/schema.ts'

/** What a custom kind's definition says about one of its versions. */
export interface CustomVersion {
  /** Name of the definition. */
  readonly definition: string
  readonly schema: Schema | undefined
  /** The schema of the version that is stored, where that is another one. */
  readonly storedSchema: Schema | undefined
  readonly hasStatus: boolean
  readonly scale: ScalePaths | undefined
  readonly columns: readonly ColumnDefinition[]
  /** JSON paths, without the first dot. */
  readonly selectable: readonly string[]
  readonly deprecationWarning: string | undefined
  /** What discovery tells may be done, where that is less than all: its definition is going away. */
  readonly shownVerbs?: readonly string[]
  readonly preserveUnknownFields: boolean
}

export interface ScalePaths {
  readonly spec: string
  readonly status: string
  readonly selector: string | undefined
}

export interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
  readonly jsonPath: string
}
