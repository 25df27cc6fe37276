export { failure, misuse } from './failure.ts'
export type { CliCommand, CliIo } from './io.ts'
