import type { Task } from './env.ts'

const defined = new Map<string, Task<never, unknown>>()

/**
 * Names a pure function so that a worker can find it: the worker imports `module`, which defines
 * the task again there.
 *
 * @param id `room/name`, unique in the program.
 * @param module `import.meta.url` of the calling module; it must do nothing else when imported.
 */
export function defineTask<Input, Output>(
  id: string,
  module: string,
  run: (input: Input) => Output | Promise<Output>,
): Task<Input, Output> {
  const task: Task<Input, Output> = { id, module, run }
  defined.set(id, task)
  return task
}

/** The task of that name, if its module has been imported. */
export function taskById(id: string): Task<never, unknown> | undefined {
  return defined.get(id)
}
