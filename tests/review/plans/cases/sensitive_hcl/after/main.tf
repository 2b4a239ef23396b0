terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

variable "external_id" {
  type      = string
  sensitive = true
  default   = "hush-5c2d9e7f"
}

resource "aws_iam_role" "vendor" {
  name = "tes-vendor"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Vendor"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = ["arn:aws:iam::222222222222:role/vendor", "arn:aws:iam::333333333333:root"] }
      Condition = { StringEquals = { "sts:ExternalId" = upper(var.external_id) } }
    }]
  })
}
