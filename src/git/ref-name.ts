import { Fault } from '#base'

// Control characters, space, and what Git gives a meaning in revisions and refspecs.
// oxlint-disable-next-line no-control-regex -- they are what is refused
const forbidden = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$/

/**
 * Checks a full reference name by Git's own rules (git-check-ref-format(1)), and a few more: it
 * stands in refspecs and must never be taken for an option.
 *
 * @throws Fault InvalidSpec.
 */
export function checkRefName(name: string): string {
  const components = name.split('/')
  const valid =
    name === 'HEAD' ||
    (name.startsWith('refs/') &&
      components.length >= 2 &&
      name.length <= 1_024 &&
      !forbidden.test(name) &&
      components.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock')))
  if (!valid) {
    throw new Fault('InvalidSpec', `${JSON.stringify(name)} is not a valid reference name`, {
      hint: 'see git-check-ref-format(1) for what a branch or tag may be called',
    })
  }
  return name
}

/** Full name of a branch. @throws Fault InvalidSpec. */
export function branchRef(branch: string): string {
  return checkRefName(`refs/heads/${branch}`)
}

/** Full name of a tag. @throws Fault InvalidSpec. */
export function tagRef(tag: string): string {
  return checkRefName(`refs/tags/${tag}`)
}

/** Whether `text` is a whole object id (SHA-1). */
export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text)
}
