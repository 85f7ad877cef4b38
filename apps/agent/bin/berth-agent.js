#!/usr/bin/env -S node --disable-sigusr1
import "../dist/main.js";
