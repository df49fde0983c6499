#include "base/error.h"

G_DEFINE_QUARK(apd_error_quark, apd_error)
