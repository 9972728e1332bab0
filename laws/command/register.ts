/** Given to Node with --import: the hooks are in place before the module of the user is loaded. */
import { register } from 'node:module'

register('./hooks.js', import.meta.url)
