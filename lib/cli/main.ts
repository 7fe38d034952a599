#!/usr/bin/env node
/** The entry point of `oxbase`. */
import { main } from './program'

void main(process.argv)
