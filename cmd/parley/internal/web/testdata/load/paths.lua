-- Asks for the addresses in the file that PATHS names, in an order of chance.
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
local threads = 0
function setup(thread)
  thread:set("seed", threads)
  threads = threads + 1
end
function init() math.randomseed(1 + seed) end
function request() return wrk.format("GET", paths[math.random(#paths)]) end
