import { Fault, type Env } from '#base'
import type { Render } from './overlay.ts'
import type { Transform } from './rewrite.ts'

/** The template engine behind a timer, since templates are the users'. */
export function renderer(_env: Env): Render {
  return () => Promise.reject(notYet())
}

/** Renders `rewrite.transform` for one key. */
export const transformKey: Transform = () => {
  throw notYet()
}

function notYet(): Fault {
  return new Fault('Unsupported', 'templates are not built into Lockstep yet')
}
