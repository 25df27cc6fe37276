/**
 * Tests of `npm test` that only the embedded servers can play, and why. Everything else in
 * `test/stories` is played on real servers as it stands.
 */

/** Whole files. */
export const embeddedOnlyFiles: readonly (readonly [path: string, why: string])[] = [
  ['test/stories/demo.test.ts', 'the demo brings its own servers: they are what it shows'],
  [
    'test/bundle.test.ts',
    'it looks at the files that are shipped, and asks no server but the demo',
  ],
  ['test/deploy.test.ts', 'it reads manifests; test/deploy-rights.test.ts installs and runs them'],
]

/** What a cluster that is not the tests' own cannot play: a part of the name, and why. */
export const ownPlaneOnly: readonly (readonly [name: string, why: string])[] = [
  ['with health checks', 'its Pods are said to run by hand, and kubelets would say otherwise'],
  [
    'reset and pushed by force',
    'its Pods are said to run by hand, and kubelets would say otherwise',
  ],
  ['acts within its Role', 'its Pods are said to run by hand, and kubelets would say otherwise'],
]
