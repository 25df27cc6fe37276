/** Stories that only the embedded servers can play: a part of their name, and why. */
export const embeddedOnly: readonly (readonly [string, string])[] = [
  ['follows a rotation within its hour', 'an hour goes by, which only a virtual clock makes short'],
  ['by its Flux Kustomization .v1beta2., with health checks', 'no node runs its Pods'],
]
