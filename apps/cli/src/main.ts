process.stdout.write("berth\n");
