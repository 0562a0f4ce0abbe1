(network (body) @class.inside) @class.around
(subnet (body) @class.inside) @class.around
(sg (body) @class.inside) @class.around
(acl (body) @class.inside) @class.around
(routes (body) @class.inside) @class.around
(endpoint (body) @class.inside) @class.around
(node (body) @class.inside) @class.around

(argument (_) @parameter.inside) @parameter.around

(entry value: (_) @entry.inside) @entry.around

(comment) @comment.inside
(comment)+ @comment.around
