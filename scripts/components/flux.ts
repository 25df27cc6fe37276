import type { Component } from './component.ts'

/** What Flux puts in place of others' modules; a replacement does not travel with the module itself. */
const replaced: Readonly<Record<string, string>> = {
  'github.com/opencontainers/go-digest': 'v1.0.1-0.20220411205349-bde1400a84be',
  'gopkg.in/yaml.v3': 'v3.0.1',
  'sigs.k8s.io/kustomize/api': 'v0.21.1',
  'sigs.k8s.io/kustomize/kyaml': 'v0.21.1',
}

/** A controller of Flux. */
export function flux(
  name: 'kustomize-controller' | 'source-controller',
  version: string,
  variable: string,
  without: string,
): Component {
  return {
    name,
    version,
    program: name,
    variables: [variable],
    check: { args: ['--help'], fits: new RegExp(`Usage of \\S*${name}`) }, // it does not tell its version
    recipe: {
      kind: 'go-module',
      files: {
        'go.mod': `module lockstep.test/components/${name}

go 1.26.0

require github.com/fluxcd/${name} v${version}

${Object.entries(replaced)
  .map(([module, at]) => `replace ${module} => ${module} ${at}`)
  .join('\n')}
`,
        'tools.go': `//go:build tools

package tools

import _ "github.com/fluxcd/${name}"
`,
      },
      target: `github.com/fluxcd/${name}`,
    },
    without,
  }
}
