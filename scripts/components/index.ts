export { build, adopt, BuildFailure, sizeOf, type BuildOptions } from './build.ts'
export type * from './component.ts'
export { cacheFolder, find, folderOf } from './find.ts'
export { components } from './recipes.ts'
